// Looks again every two seconds and puts what is new in its place. Without scripts, the link on the page does the same.
const EVERY = 2000;

async function look() {
  const answer = await fetch(location.href);
  if (answer.redirected || !answer.ok) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [shown, found] = [document, page].map((one) => one.getElementById("progress"));
  if (!found) return location.reload();
  if (shown.innerHTML !== found.innerHTML) shown.replaceChildren(...found.childNodes);
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
