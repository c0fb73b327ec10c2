// The order of the columns: buttons that move a row up or down, in place of the numbers that stand there without them.
const rows = document.querySelector(".registers-rows");

const shown = () => [...rows.children].filter((row) => !row.hidden && !row.querySelector('[name$="-DELETE"]:checked'));

function number() {
  const all = shown();
  all.forEach((row, at) => {
    row.querySelector('[name$="-ORDER"]').value = at + 1;
    row.querySelector('[data-columns-move="up"]').disabled = at === 0;
    row.querySelector('[data-columns-move="down"]').disabled = at === all.length - 1;
  });
}

// What stands in the rows changes places, not the rows: one that leaves its place is taken for removed by w-formset.
function swap(one, other) {
  const contents = [...one.childNodes];
  one.replaceChildren(...other.childNodes);
  other.replaceChildren(...contents);
}

function equip() {
  rows.querySelectorAll("[data-columns-move]").forEach((button) => { button.hidden = false; });
  rows.querySelectorAll(".registers-row__order").forEach((order) => { order.hidden = true; });
  number();
}

rows?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-columns-move]");
  if (!button) return;
  const all = shown();
  const at = all.indexOf(button.closest(".registers-row"));
  const to = button.dataset.columnsMove === "up" ? at - 1 : at + 1;
  if (!all[to]) return;
  swap(all[at], all[to]);
  number();
  // At the end of its way the button is disabled and would lose the focus.
  (button.disabled ? all[to].querySelector("[data-columns-move]:not(:disabled)") : button)?.focus();
});
if (rows) {
  new MutationObserver(equip).observe(rows, { childList: true });
  rows.closest("form").addEventListener("submit", number);
  equip();
}
