// A pairing link carries its code in the fragment, which browsers never send to a server, so that
// it stands in no log. Fill it in and take it out of the address.
const code = new URLSearchParams(location.hash.slice(1)).get("code") || location.hash.slice(1);
if (/^[0-9A-Za-z-]{12,20}$/.test(code)) {
  document.getElementById("code").value = code;
  history.replaceState(null, "", location.pathname);
}
