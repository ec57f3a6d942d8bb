// <form data-autosubmit>: sends itself when a choice changes; its own button is then not needed.
for (const form of document.querySelectorAll("[data-autosubmit]")) {
  for (const button of form.querySelectorAll("[type=submit]")) button.hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}
