// Shows the fields that belong to the chosen kind of rule; without scripts all of them are shown.
document.addEventListener("change", (event) => {
  if (event.target.name === "kind") event.target.form.dataset.kind = event.target.value;
});
document.addEventListener("DOMContentLoaded", () => {
  const chosen = document.querySelector("form.tag-form [name=kind]");
  if (chosen) chosen.form.dataset.kind = chosen.value;
});
