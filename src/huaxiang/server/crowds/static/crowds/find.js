// Finding a tag among many: what is typed is looked for by name and meaning, the best one is chosen, and the list holds
// those that were found. Of boxes to tick those that were found are left, with the ticked ones. Without scripts the list
// alone does it.
(() => {
  const waiting = new WeakMap();
  const known = new WeakMap();

  const list = (find) => find.parentElement.querySelector("select");
  const boxes = (find) => [...find.parentElement.querySelectorAll("input[type=checkbox]")];

  const narrow = (find, keys) => {
    const choices = list(find) ? [...list(find).options] : boxes(find);
    const found = keys.map((key) => choices.find((choice) => choice.value === key)).filter(Boolean);
    for (const choice of choices) {
      const stays = found.length === 0 || choice.value === "" || choice.checked || found.includes(choice);
      (choice.closest("label") ?? choice).hidden = !stays;
    }
    for (const group of find.parentElement.querySelectorAll(list(find) ? "optgroup" : "fieldset")) {
      group.hidden = [...group.querySelectorAll("option, label")].every((choice) => choice.hidden);
    }
    return found[0];
  };

  const words = (choice) => (choice.closest("label") ?? choice).textContent.trim();

  const look = async (find) => {
    const answer = await fetch(`${find.dataset.address}?q=${encodeURIComponent(find.value)}`);
    if (!answer.ok) return;
    const { keys } = await answer.json();
    const select = list(find);
    known.set(find, find.value.trim() ? keys : []);
    const best = narrow(find, known.get(find));
    const told = document.querySelector("#told");
    if (told) told.textContent = best ? words(best) : find.value.trim() ? find.dataset.nothing : "";
    if (!best || !select || select.value === best.value) return;
    select.value = best.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };

  document.addEventListener("input", (event) => {
    const find = event.target;
    if (!find.matches?.(".tag-find")) return;
    // What is looked for is no part of the rule.
    event.stopPropagation();
    clearTimeout(waiting.get(find));
    if (!event.isComposing) waiting.set(find, setTimeout(() => look(find), 250));
  }, true);
  document.addEventListener("compositionend", (event) => { if (event.target.matches?.(".tag-find")) look(event.target); });

  // A box that was made anew holds the whole list again.
  document.addEventListener("htmx:after:swap", () => {
    for (const find of document.querySelectorAll(".tag-find")) if (known.has(find)) narrow(find, known.get(find));
  });

  // Enter takes what was found and goes on to how it is compared; it does not send the form.
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.(".tag-find") || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    (list(event.target) ?? boxes(event.target).find((box) => !box.closest("label").hidden))?.focus();
  });
})();
