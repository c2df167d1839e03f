// The page that checks a receipt: a file that is chosen or dropped, and a code that was scanned.
// What a code carries stands behind the "#": the browser sent it to nobody. It goes out in the body
// of a POST, and leaves the address bar and the history.

const LARGEST = 262144;
const form = document.getElementById("check");
const drop = document.getElementById("drop");
const held = document.getElementById("held");

async function take(file) {
  if (!file) return;
  // One letter too many is enough for the hub to say that it is too large.
  form.elements.receipt.removeAttribute("maxlength");
  form.elements.receipt.value = await file.slice(0, LARGEST + 1).text();
  form.requestSubmit();
}

if (form) {
  drop.hidden = false;
  document.getElementById("file").addEventListener("change", (event) => take(event.target.files[0]));
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
}

const reference = location.hash.slice(1);
if (held && /^[0-9a-f-]{36}\.[\w-]{43}$/.test(reference)) {
  history.replaceState(null, "", location.pathname);
  held.elements.reference.value = reference;
  held.requestSubmit();
}
