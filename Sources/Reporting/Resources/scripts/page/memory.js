// What the browser keeps of a reader's stars, notes and votes between visits: by run, since every page that is opened
// as a file shares one store.

const makeMemory = (section) => {
  const runs = JSON.parse(section.dataset.runs);
  const owner = runs.map((run) => run.key).join(" ");
  const unkept = new Map();
  let isKept = true;

  const keyOf = (name) => `tome-eval ${name} ${owner}`;

  function get(name, fallback) {
    if (unkept.has(name)) return unkept.get(name);
    try {
      const value = JSON.parse(localStorage.getItem(keyOf(name)));
      const isMeant = typeof value === "object" && value !== null && Array.isArray(value) === Array.isArray(fallback);
      return isMeant ? value : fallback;
    } catch {
      // Storage that is forbidden, or that another program wrote to.
      return fallback;
    }
  }

  /// Who votes in this browser, on whatever page: 16 hexadecimal digits, drawn once.
  function voter() {
    const key = "tome-eval voter";
    const drawn = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    try {
      const known = localStorage.getItem(key);
      if (/^[0-9a-f]{16}$/.test(known ?? "")) return known;
      const made = unkept.get(key) ?? drawn();
      unkept.set(key, made);
      localStorage.setItem(key, made);
      return made;
    } catch {
      if (!unkept.has(key)) unkept.set(key, drawn());
      return unkept.get(key);
    }
  }

  /// The run of a column: on a page of several, its name begins with the run's letter.
  const runOf = (column) => (runs.length === 1 ? runs[0] : runs.find(({ mark }) => column === mark || column.startsWith(`${mark} `)) ?? runs[0]);

  return {
    runs,
    voter,
    owner: (column) => ({ run: runOf(column).key }),
    /// What the run itself calls the variant of a column.
    variant: (column) => (runs.length === 1 ? column : column.slice(runOf(column).mark.length + 1)),
    tool: section.dataset.tool,
    /// Whether all that was set will be there at the next visit.
    get isKept() { return isKept; },
    get,
    /// Reads again first: another tab may have written meanwhile.
    update(name, fallback, change) {
      const value = change(get(name, fallback));
      try {
        localStorage.setItem(keyOf(name), JSON.stringify(value));
        unkept.delete(name);
      } catch {
        unkept.set(name, value);
        isKept = false;
      }
      return value;
    },
  };
};
