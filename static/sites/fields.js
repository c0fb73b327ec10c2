// What is to be mended is read first.
const problems = document.getElementById("problems");
if (problems) problems.focus();

// Asks under the field whether a large mail provider was meant whose name is one slip away. It is never in the way.
// The same as sites/forms/mail_domains.py, which asks where the form is shown again.
const isOneSlip = (one, other) => {
  while (one && other && one[0] === other[0]) [one, other] = [one.slice(1), other.slice(1)];
  while (one && other && one[one.length - 1] === other[other.length - 1]) [one, other] = [one.slice(0, -1), other.slice(0, -1)];
  return Math.max(one.length, other.length) < 2 || (one.length === 2 && other === one[1] + one[0]);
};
const meant = (address, { providers, others, ends }) => {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1).toLowerCase();
  if (at < 1 || providers.includes(domain) || others.includes(domain)) return "";
  const dot = domain.lastIndexOf(".");
  const near = providers.find((known) => isOneSlip(domain, known))
    || (dot > 0 && ends.includes(domain.slice(dot + 1)) && `${domain.slice(0, dot)}.com`);
  return near ? address.slice(0, at + 1) + near : "";
};
const ask = (input, place) => {
  const known = JSON.parse(place.dataset.meant);
  const address = meant(input.value.trim(), known);
  place.textContent = "";
  if (!address) return;
  const take = document.createElement("button");
  take.type = "button";
  take.textContent = known.says.replace("{address}", address);
  take.addEventListener("click", () => {
    input.value = address;
    place.textContent = "";
    input.focus();
  });
  place.append(take);
};

// Not while somebody presses something: the line would move it away from under the finger, and the press be lost.
const PAUSE = 500;
let waiting;
let pressed = false;
document.addEventListener("pointerdown", () => { pressed = true; });
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { pressed = false; });
const askLater = (input, place) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => (pressed ? askLater : ask)(input, place), PAUSE);
};
for (const act of ["input", "change"]) {
  document.addEventListener(act, (event) => {
    const field = event.target.closest(".field");
    const place = field && field.querySelector("[data-meant]");
    if (place) askLater(event.target, place);
  });
}
