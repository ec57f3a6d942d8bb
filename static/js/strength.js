// <div data-strength-of="id of a new password" data-from="12" hidden>: of several, the one for the length typed so far.
for (const field of document.querySelectorAll("input[autocomplete=new-password]")) {
  const words = [...document.querySelectorAll(`[data-strength-of="${field.id}"]`)];

  field.addEventListener("input", () => {
    const length = [...field.value].length;
    const fitting = words.findLast((word) => length >= Number(word.dataset.from));
    for (const word of words) word.hidden = word !== fitting;
  });
}
