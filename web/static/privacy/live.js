// Parts of a page that move: fetched again every few seconds until the hub marks them done.
// The address and the pace stand in the page: <div data-live="/privacy/now" data-every="3000">.
import { ApiError, getFragment } from "../base/api.js";

const SLOWEST = 15000;

function follow(place) {
  const pace = Number(place.dataset.every);
  let shown = place.innerHTML;
  let wait = pace;

  async function refresh() {
    if (document.hidden) {
      return again();
    }
    try {
      const fragment = await getFragment(place.dataset.live);
      const fresh = document.createElement("div");
      fresh.append(fragment);
      if (fresh.innerHTML !== shown && !place.contains(document.activeElement)) {
        shown = fresh.innerHTML;
        place.replaceChildren(...fresh.childNodes);
      }
      wait = pace;
    } catch (error) {
      if (error instanceof ApiError && error.status !== 0 && error.status < 500) {
        return; // signed out, or no longer there: what is shown stays
      }
      wait = Math.min(wait * 2, SLOWEST);
    }
    again();
  }

  function again() {
    if (!place.querySelector("[data-done]")) {
      setTimeout(refresh, wait);
    }
  }

  again();
}

document.querySelectorAll("[data-live]").forEach(follow);
