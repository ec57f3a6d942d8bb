// <button data-copies="id of a field" hidden>: shows itself where copying is possible, and copies.
for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const word = button.querySelector("[aria-live]");
  const before = word.textContent;

  button.hidden = !navigator.clipboard;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    word.textContent = field.dataset.copied;
    setTimeout(() => (word.textContent = before), 2500);
  });
}
