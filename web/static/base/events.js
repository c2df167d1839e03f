// Listening to the hub's event stream. The browser resumes by itself with Last-Event-ID; after a
// restart of the hub, or too long a gap, the hub says `reset` and the page fetches everything anew.

// listen("/staff/events", { arrival: (data) => …, reset: () => … }, (online) => …) → stop()
export function listen(path, handlers, onState = () => {}) {
  const source = new EventSource(path);
  source.onopen = () => onState(true);
  source.onerror = () => onState(false);
  for (const [name, handler] of Object.entries(handlers)) {
    source.addEventListener(name, (event) => handler(event.data ? JSON.parse(event.data) : {}));
  }
  return () => source.close();
}
