// Small comforts. Every page works without this file, and the server checks
// again whatever is done here.
(() => {
  "use strict";

  // A form that came back with errors: read the summary first.
  document.querySelector("#errors")?.focus();

  // How many characters are left; the words come from the page.
  document.addEventListener("input", (event) => {
    const box = event.target;
    const line = box.dataset?.count && document.getElementById(`${box.id}-count`);
    if (line) line.textContent = box.dataset.count.replace("%d", box.maxLength - box.value.length);
  });

  // A second click on a button sends nothing twice; Back makes it live again.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
})();
