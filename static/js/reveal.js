// <button data-reveals="id of a password field" data-shows="Show" data-hides="Hide" hidden>
for (const button of document.querySelectorAll("[data-reveals]")) {
  const field = document.getElementById(button.dataset.reveals);

  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.textContent = shown ? button.dataset.hides : button.dataset.shows;
    button.setAttribute("aria-pressed", shown);
  });
  // A password manager must meet a password field when the form is sent.
  field.form.addEventListener("submit", () => (field.type = "password"));
}
