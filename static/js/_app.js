// What script adds to pages that work without it. Each module looks for its own data-… and touches nothing else;
// collectstatic puts them together into this file, so a module exports nothing.
import "./copy.js";
import "./reveal.js";
import "./sheet.js";
import "./autosubmit.js";
import "./password.js";
import "./strength.js";
import "./passkeys.js";
import "./edit-in-place.js";
import "./live-preview.js";
