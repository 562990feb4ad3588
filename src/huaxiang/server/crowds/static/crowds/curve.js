// What follows an edit of the rule. The slider under a threshold writes the value that it stands on into the rule, and the form counts as if typed.
// The numbers come from the server, exact for every stop; the table beside the slider holds the same ones.
(() => {
  const stop = (slider) => slider.closest(".curve").querySelectorAll("tbody tr")[Number(slider.value)];

  const say = (slider, row) => {
    const line = slider.closest(".curve-line");
    line.querySelector(".curve-says").textContent = `${row.dataset.words} → ${row.dataset.says}`;
    const mark = line.querySelector("svg line");
    mark.setAttribute("x1", row.dataset.x);
    mark.setAttribute("x2", row.dataset.x);
    slider.setAttribute("aria-valuetext", row.dataset.spoken);
  };

  // Read aloud is the size alone, once and only when it is another; the rest of the preview waits to be visited.
  const tell = () => {
    const told = document.querySelector("#told");
    const now = document.querySelector("#preview [data-told]")?.dataset.told ?? "";
    if (now && told.textContent !== now) told.textContent = now;
  };

  document.addEventListener("input", (event) => {
    const slider = event.target.closest(".curve-slider");
    if (!slider) return;
    event.stopPropagation();
    const row = stop(slider);
    const value = document.querySelector(`input[name="${slider.dataset.input}"]`);
    if (!row || !value) return;
    say(slider, row);
    slider.closest(".curve").dataset.moved = "1";
    value.value = row.dataset.typed;
    value.dispatchEvent(new Event("input", { bubbles: true }));
  }, true);

  // Another part of the rule changed: the other curves are out of date. The one that is being moved is not.
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail.ctx.target;
    if (target !== "#preview" && target?.id !== "preview") return;
    tell();
    for (const curve of document.querySelectorAll("#builder .curve")) {
      if (curve.dataset.moved) delete curve.dataset.moved;
      else curve.dispatchEvent(new Event("redraw"));
    }
  });
})();
