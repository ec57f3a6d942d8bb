// <button data-copies="id of a field" hidden>: shows itself where there is script, and copies what is in the field.
// With data-copies-rich="id of another" that one's text goes along as HTML, for programs that take it.
// Inside of <… data-counts="address"> each copy is counted there.
function reveal(root) {
  for (const button of root.querySelectorAll("[data-copies]")) button.hidden = false;
}

async function copy(field, rich) {
  if (rich && window.ClipboardItem) {
    const blob = (text, type) => new Blob([text], { type });
    const kinds = { "text/plain": blob(field.value, "text/plain"), "text/html": blob(rich.value, "text/html") };
    await navigator.clipboard.write([new ClipboardItem(kinds)]);
  } else {
    await navigator.clipboard.writeText(field.value);
  }
}

function count(address) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  fetch(address, { method: "POST", headers: { "X-CSRFToken": token }, keepalive: true });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  const word = button.querySelector("[aria-live]");
  button.dataset.before ??= word.textContent;

  try {
    await copy(field, document.getElementById(button.dataset.copiesRich));
  } catch {
    // Without leave to use the clipboard the text is at least selected.
    field.focus();
    return;
  }
  word.textContent = field.dataset.copied;
  setTimeout(() => (word.textContent = button.dataset.before), 2500);
  const counted = button.closest("[data-counts]");
  if (counted) count(counted.dataset.counts);
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-copied]")) event.target.select();
});

document.addEventListener("sheet-added", (event) => reveal(event.target));
reveal(document);
