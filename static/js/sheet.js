// <a data-opens="id of a popover" href="a page with the same content">: opens the popover where the browser has them.
let opener;

for (const link of document.querySelectorAll("[data-opens]")) {
  const sheet = document.getElementById(link.dataset.opens);
  if (!sheet?.showPopover) continue;

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opener = link;
    sheet.showPopover();
    sheet.querySelector("a, button, input")?.focus();
  });
  sheet.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && opener === link) link.focus();
  });
}
