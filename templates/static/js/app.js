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

  // What is written in a form that can be saved is saved a moment later, and when the page
  // goes out of sight. The page that comes back knows the version to go on from.
  document.querySelectorAll("form[data-save]").forEach((form) => {
    const line = form.querySelector("[data-saved]");
    let waiting, sending, pressed;
    const save = async () => {
      clearTimeout(waiting);
      waiting = undefined;
      if (sending) return later();
      sending = true;
      let fresh;
      try {
        const answer = await fetch(form.dataset.save, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        fresh = answer.ok && page.querySelector(`form[data-save="${form.dataset.save}"]`);
      } catch {}
      sending = false;
      if (fresh) {
        const version = fresh.elements.version, key = fresh.elements.key;
        if (key && form.elements.key) form.elements.key.value = key.value;
        // The other forms of the record go on from here too.
        document.querySelectorAll(`form[action^="${form.dataset.save.replace(/[^/]+$/, "")}"]`).forEach((one) => {
          if (version && one.elements.version) one.elements.version.value = version.value;
        });
      }
      if (line) line.textContent = fresh ? line.dataset.saved : line.dataset.unsaved;
      if (pressed) form.requestSubmit(pressed);
    };
    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(save, 2000);
    };
    form.addEventListener("input", later);
    form.addEventListener("submit", (event) => {
      clearTimeout(waiting);
      waiting = undefined;
      if (!sending) return;
      event.preventDefault();
      event.stopPropagation();
      pressed = event.submitter;
    });
    document.addEventListener("visibilitychange", () => document.hidden && waiting && save());
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
