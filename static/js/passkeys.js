// <form data-passkey="create" or "get" data-options="id of the options, else asked for at the form's address" hidden>:
// shows itself where the browser knows passkeys, asks for one, and sends it in the field named credential.
// A passkey belongs to a name: browsers make none for a site at 127.0.0.1 or [::1].
const hasName = !/^[\d.]+$|^\[/.test(location.hostname);
const knowsPasskeys = hasName && Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

async function optionsOf(form) {
  if (form.dataset.options) {
    return JSON.parse(document.getElementById(form.dataset.options).textContent).publicKey;
  }
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options.publicKey;
}

async function passkeyFor(form) {
  const options = await optionsOf(form);
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const trouble = form.querySelector("[data-trouble]");

  form.hidden = !knowsPasskeys;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify((await passkeyFor(form)).toJSON());
      form.submit();
    } catch {
      // Refused, timed out, or not possible at this address.
      trouble.textContent = trouble.dataset.trouble;
      trouble.hidden = false;
    }
  });
}

for (const notice of document.querySelectorAll("[data-without-passkeys]")) {
  notice.hidden = knowsPasskeys;
}
