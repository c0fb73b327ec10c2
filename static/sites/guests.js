// Shows as many guests as the party has, as soon as its size is chosen. Without this the form has a button for it.
document.querySelectorAll("form[data-guests]").forEach((form) => {
  const size = form.querySelector("[name=party_size]");
  const list = form.querySelector("[data-guest-list]");
  const pattern = form.querySelector("[data-guest-pattern]");
  if (!size || !list || !pattern) return;
  const kept = []; // guests taken out by mistake come back with what was typed

  const make = (number) => {
    const html = pattern.innerHTML.replace(/__n__/g, String(number));
    const holder = document.createElement("div");
    holder.innerHTML = html;
    return holder.firstElementChild;
  };
  const fit = () => {
    const wanted = Math.max(0, Number(size.value || 1) - 1);
    while (list.children.length > wanted) kept.push(list.removeChild(list.lastElementChild));
    while (list.children.length < wanted) list.append(kept.pop() || make(list.children.length + 1));
  };
  size.addEventListener("change", fit);
  window.addEventListener("pageshow", fit); // on the way back browsers fill the form again, and only after this ran
  fit();
  form.querySelectorAll(".no-script").forEach((part) => part.remove()); // not before all went well
});
