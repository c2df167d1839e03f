// A soft chime and a short buzz when somebody arrives. Whether it is muted is known to this page
// only: nothing is stored. Browsers allow sound after the first touch.

export function makeChime(button) {
  let muted = false;
  let audio = null;

  function show() {
    const ready = audio !== null && audio.state === "running";
    button.dataset.sound = muted ? "off" : ready ? "on" : "waiting";
    button.setAttribute("aria-pressed", String(!muted));
  }

  async function unlock() {
    if (audio === null && "AudioContext" in window) {
      audio = new AudioContext();
    }
    if (audio !== null && audio.state === "suspended") {
      await audio.resume().catch(() => {});
    }
    show();
  }

  function tone(frequency, start) {
    const at = audio.currentTime + start;
    const gain = audio.createGain();
    const voice = audio.createOscillator();
    voice.frequency.value = frequency;
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(0.18, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.55);
    voice.connect(gain).connect(audio.destination);
    voice.start(at);
    voice.stop(at + 0.6);
  }

  window.addEventListener("pointerdown", unlock);
  window.addEventListener("keydown", unlock);
  button.addEventListener("click", () => {
    if (button.dataset.sound !== "waiting") {
      muted = !muted;
    }
    show();
  });
  show();

  return function chime() {
    if (muted) {
      return;
    }
    navigator.vibrate?.([120, 60, 120]);
    if (audio !== null && audio.state === "running") {
      tone(659, 0);
      tone(880, 0.16);
    }
  };
}
