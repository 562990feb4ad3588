// On a narrow screen tabs are a strip that is moved sideways: it begins where the tab that is open can be seen.
(() => {
  const bring = () => document.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  if (document.fonts) document.fonts.ready.then(bring);
  else bring();
})();
