// Where a challenge is asked: what to do, in this window's order.

export function showSteps(place, steps) {
  place.hidden = steps.length === 0;
  const template = (step) => place.querySelector(`template[data-step="${step}"]`);
  place.querySelector("ol").replaceChildren(...steps.map((step) => template(step).content.cloneNode(true)));
}
