// Names the files that were chosen or dropped, refuses one that is too large before it is sent, and says that it sends.
// Without this file the form works as it stands.
(() => {
  const form = document.querySelector("[data-choose-files]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const zone = input.parentElement;
  const names = form.querySelector("[data-names]");
  const refused = form.querySelector("[data-refused]");

  const size = (bytes) => bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

  input.addEventListener("change", () => {
    const files = [...input.files];
    names.replaceChildren(...files.map((file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} · ${size(file.size)}`;
      return line;
    }));
    const large = files.filter((file) => file.size > Number(form.dataset.mostBytes));
    refused.textContent = large.map((file) => file.name).concat(form.dataset.tooLarge).join(" · ");
    refused.hidden = large.length === 0;
    input.setCustomValidity(large.length ? form.dataset.tooLarge : "");
  });
  ["dragenter", "dragover"].forEach((kind) => zone.addEventListener(kind, () => zone.classList.add("is-over")));
  ["dragleave", "drop"].forEach((kind) => zone.addEventListener(kind, () => zone.classList.remove("is-over")));
  form.addEventListener("submit", () => { form.querySelector("[data-sending]").hidden = false; });
})();
