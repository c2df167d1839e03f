// Talking to the hub: JSON or HTML over fetch with the CSRF token; refusals become ApiError with
// the sentence that the hub gave.

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    throw new ApiError(0, document.documentElement.dataset.offline);
  }
  if (response.ok) {
    return response;
  }
  let message = document.documentElement.dataset.fault;
  try {
    message = (await response.json()).message || message;
  } catch {
    // Not JSON: keep the general sentence.
  }
  throw new ApiError(response.status, message);
}

// GET JSON.
export async function getJson(path) {
  return (await call(path, { headers: { Accept: "application/json" } })).json();
}

// GET a piece of HTML as a DocumentFragment (refusals still arrive as JSON).
export async function getFragment(path) {
  const response = await call(path, {
    headers: { Accept: "application/json", "X-Fragment": "1" },
  });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fragment = document.createDocumentFragment();
  fragment.append(...page.body.childNodes);
  return fragment;
}

// POST a value as JSON; returns the JSON of the answer, or null when there is none (204).
export async function postJson(path, value = {}, headers = {}) {
  const response = await call(path, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": csrfToken(),
      ...headers,
    },
    body: JSON.stringify(value),
  });
  return response.status === 204 ? null : response.json();
}

// DELETE what is at an address.
export async function remove(path) {
  await call(path, {
    method: "DELETE",
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
  });
}

// POST bytes (a JPEG from the camera); returns the JSON of the answer.
export async function postBytes(path, blob, type) {
  const response = await call(path, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": type, "X-CSRFToken": csrfToken() },
    body: blob,
  });
  return response.status === 204 ? null : response.json();
}
