// <button data-live-preview>: shows its preview again a moment after something beside it was changed; the button still works.
for (const button of document.querySelectorAll("[data-live-preview]")) {
  let pause;
  button.closest("section").parentElement.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => button.form.requestSubmit(button), 500);
  });
}
