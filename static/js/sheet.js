// <a data-opens="id of a popover" href="a page with the same content">: opens the popover where the browser has them.
// One that is not in the page is fetched from the link's address with "?sheet" when it is wanted.
let opened = {};

async function sheetFor(link) {
  const there = document.getElementById(link.dataset.opens);
  if (there && !there.dataset.fetched) return there;
  there?.remove();

  const response = await fetch(`${link.href}?sheet`);
  if (!response.ok || response.redirected) throw new Error(response.status);
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  const sheet = document.importNode(parsed.querySelector("[popover]"), true);
  sheet.dataset.fetched = "yes";
  document.getElementById("main").append(sheet);
  sheet.dispatchEvent(new Event("sheet-added", { bubbles: true }));
  return sheet;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-opens]");
  if (!link || !HTMLElement.prototype.showPopover) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;

  event.preventDefault();
  try {
    const sheet = await sheetFor(link);
    opened = { link, sheet };
    sheet.showPopover();
    sheet.querySelector("a, button, input")?.focus();
  } catch {
    location.assign(link.href);
  }
});

// Popovers do not let this event rise: it is caught on its way down.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.newState === "closed" && event.target === opened.sheet) opened.link.focus();
  },
  true,
);
