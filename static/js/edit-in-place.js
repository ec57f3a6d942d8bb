// <edit-in-place data-saved="Saved"> around a section with an id: its links marked data-swaps and its forms bring the same
// page as without script, and only this section of it takes the place of the old one. When anything is unexpected, the
// browser goes there as if there were no script.
customElements.define(
  "edit-in-place",
  class extends HTMLElement {
    connectedCallback() {
      this.status = document.createElement("p");
      this.status.className = "visually-hidden";
      this.status.setAttribute("role", "status");
      this.append(this.status);
      this.addEventListener("click", (event) => this.follow(event));
      this.addEventListener("submit", (event) => this.send(event));
    }

    follow(event) {
      const link = event.target.closest("a[data-swaps]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.swap(link.href, {}, () => location.assign(link.href));
    }

    send(event) {
      const form = event.target;
      event.preventDefault();
      const button = event.submitter;
      if (button) button.disabled = true;
      this.swap(form.action, { method: "POST", body: new FormData(form, button) }, () => form.submit());
    }

    async swap(address, options, otherwise) {
      let answer, page;
      try {
        answer = await fetch(address, options);
        page = new DOMParser().parseFromString(await answer.text(), "text/html");
      } catch {
        return otherwise();
      }
      const old = this.querySelector("section");
      const fresh = page.getElementById(old.id);
      // Somebody logged out meanwhile, or the server has trouble: that page says so itself.
      if (!fresh) return options.method ? otherwise() : location.assign(answer.url);
      old.replaceWith(document.adoptNode(fresh));
      this.say(fresh, { saved: options.method && answer.ok });
      const name = document.querySelector(".site-nav-name");
      const newName = page.querySelector(".site-nav-name");
      if (name && newName) name.replaceWith(document.adoptNode(newName));
    }

    say(section, { saved }) {
      const wrong = section.querySelector("[aria-invalid=true]");
      const field = section.querySelector("form.form :is(input:not([type=hidden]), select, textarea)");
      (wrong ?? field ?? section.querySelector("a[data-swaps]") ?? section.querySelector("h2")).focus();
      this.status.textContent = wrong
        ? section.querySelector(".field-error")?.textContent.trim()
        : saved
          ? this.dataset.saved
          : "";
    }
  },
);
