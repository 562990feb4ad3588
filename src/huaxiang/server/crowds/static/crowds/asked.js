// Requests may arrive in another order than they were sent in. Each says which one of its page it is, so that a count
// is stopped by a later one alone.
(() => {
  let asked = 0;
  document.addEventListener("htmx:config:request", (event) => {
    const { method, body } = event.detail.ctx.request;
    if (method === "POST" && body.has("page")) body.set("asked", String((asked += 1)));
  });
})();
