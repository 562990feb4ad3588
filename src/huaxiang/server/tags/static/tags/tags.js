// Names that a text of the form may use: searched while typing, put where the cursor was. Without scripts they are read.
let writing = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("form.tag-form textarea.text")) writing = event.target;
});
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-hint-find]")) return;
  event.stopPropagation();
  const wanted = event.target.value.trim().toLowerCase();
  const hints = event.target.closest(".hints");
  for (const one of hints.querySelectorAll("li")) one.hidden = !one.textContent.toLowerCase().includes(wanted);
  for (const group of hints.querySelectorAll("section")) group.hidden = !group.querySelector("li:not([hidden])");
}, true);
document.addEventListener("click", (event) => {
  const hint = event.target.closest("[data-insert]");
  if (!hint) return;
  const into = writing && writing.isConnected ? writing : hint.closest("form").querySelector("#tag-rule textarea.text");
  if (!into) return;
  const { selectionStart: from, value } = into;
  const gap = from > 0 && !/[\s(]/.test(value[from - 1]) ? " " : "";
  into.setRangeText(gap + hint.dataset.insert, from, into.selectionEnd, "end");
  into.focus();
  into.dispatchEvent(new Event("input", { bubbles: true }));
});
