// Finding a tag among many: what is typed is looked for by name and meaning, the best one is chosen, and the list holds
// those that were found. Without scripts the list alone does it.
(() => {
  const waiting = new WeakMap();
  const known = new WeakMap();

  const narrow = (select, keys) => {
    const found = keys.map((key) => [...select.options].find((option) => option.value === key)).filter(Boolean);
    for (const option of select.options) option.hidden = found.length > 0 && option.value !== "" && !found.includes(option);
    for (const group of select.querySelectorAll("optgroup")) group.hidden = [...group.children].every((option) => option.hidden);
    return found[0];
  };

  const look = async (find) => {
    const answer = await fetch(`${find.dataset.address}?q=${encodeURIComponent(find.value)}`);
    if (!answer.ok) return;
    const { keys } = await answer.json();
    const select = find.parentElement.querySelector("select");
    known.set(find, find.value.trim() ? keys : []);
    const best = narrow(select, known.get(find));
    const told = document.querySelector("#told");
    if (told) told.textContent = best ? best.textContent : find.value.trim() ? find.dataset.nothing : "";
    if (!best || select.value === best.value) return;
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
    for (const find of document.querySelectorAll(".tag-find")) if (known.has(find)) narrow(find.parentElement.querySelector("select"), known.get(find));
  });

  // Enter takes what was found and goes on to how it is compared; it does not send the form.
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.(".tag-find") || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    event.target.parentElement.querySelector("select").focus();
  });
})();
