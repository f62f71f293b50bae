// What the page's address says after `#`: the viewer's place, then what the sheet's tools are set to.

const makeAddress = () => {
  // In this order, so that a picture's link begins `#p=74&s=0&r=0.5&m=slider`.
  const names = [
    "p", "s", "r", "m", "ref", "refp", "refs", "sort", "direction", "at", "category", "challenge", "subset", "change",
    "kind", "star", "q", "hide", "margin", "size",
  ];
  const listeners = [];
  let timer = 0;
  let taken = {};

  // An address without `=` names a place on the page.
  const parse = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  let values = parse();

  function text() {
    const ordered = new URLSearchParams();
    for (const name of names) if (values.get(name)) ordered.set(name, values.get(name));
    const hash = ordered.toString();
    return hash ? `#${hash}` : location.pathname + location.search;
  }

  function forget() {
    clearTimeout(timer);
    timer = 0;
  }

  function store() {
    forget();
    history.replaceState(history.state, "", text());
  }

  // Whatever is clicked may be a link: what is still to be stored belongs to the place that it leaves.
  addEventListener("click", () => timer && store(), true);

  function set(changes) {
    for (const [name, value] of Object.entries(changes)) {
      if (value) values.set(name, value);
      else values.delete(name);
    }
  }

  addEventListener("popstate", () => {
    // What was to be stored belongs to a place that was left.
    forget();
    // A link to a part of the page changes nothing here.
    if (location.hash && !location.hash.includes("=")) return;
    values = parse();
    if (Object.keys(taken).length > 0) {
      set(taken);
      taken = {};
      store();
    }
    for (const listener of listeners) listener();
  });

  return {
    get: (name) => values.get(name) ?? "",
    /// Browsers refuse hundreds of changes in a few seconds, as typing and held keys make: the last one counts.
    change(changes) {
      set(changes);
      clearTimeout(timer);
      timer = setTimeout(store, 150);
    },
    /// A new entry in the browser's history, so that Back undoes the change.
    push(changes) {
      store();
      set(changes);
      history.pushState({ pushed: true }, "", text());
    },
    /// As the browser's Back, but these values stay as they are.
    back(kept) {
      taken = Object.fromEntries(kept.map((name) => [name, values.get(name) ?? ""]));
      history.back();
    },
    isPushed: () => history.state?.pushed === true,
    store,
    /// When the reader went back, forward, or wrote another address.
    onMove: (listener) => listeners.push(listener),
  };
};
