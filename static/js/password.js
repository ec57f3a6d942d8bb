// <ul class="rules" data-rules-for="id of a new password"> with <li data-at-least="12">: ticks what is met so far.
for (const list of document.querySelectorAll("[data-rules-for]")) {
  const field = document.getElementById(list.dataset.rulesFor);
  const rules = list.querySelectorAll("[data-at-least]");

  field.addEventListener("input", () => {
    for (const rule of rules) {
      rule.toggleAttribute("data-met", [...field.value].length >= Number(rule.dataset.atLeast));
    }
  });
}
