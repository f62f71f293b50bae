// The blind vote: shows a round's pairs, takes the answers, and says what they come to.

const makeVoteDialog = (sheet, memory, noticed) => {
  const dialog = document.getElementById("vote");
  const find = (selector) => dialog.querySelector(selector);
  const votes = makeVotes(memory);
  const images = ["left", "right"].map((side) => find(`[data-answer=${side}] img`));
  const remove = find("[data-vote=delete]");
  let round = [];
  let name = "";
  let at = 0;
  let shownAt = 0;
  let ahead = [];

  function part(shown) {
    for (const section of dialog.querySelectorAll("section")) {
      const isPair = section.dataset.part === "pair";
      section.hidden = isPair !== (shown === "pair");
    }
    dialog.classList.toggle("voting", shown === "pair");
  }

  const pictures = (pair) => {
    const addresses = [pair.baseline, pair.variant].map(cells.picture);
    return pair.baselineSide === "left" ? addresses : addresses.reverse();
  };

  async function showPair() {
    const pair = round[at];
    shownAt = 0;
    find(".vote-progress").textContent = `${at + 1} of ${round.length}`;
    find(".vote-prompt").textContent = cells.prompt(pair.variant);
    find("[data-vote=back]").disabled = at === 0;
    for (const [index, address] of pictures(pair).entries()) {
      images[index].classList.add("coming");
      images[index].src = address;
    }
    await Promise.allSettled(images.map((image) => image.decode()));
    if (round[at] !== pair || !dialog.open) return;
    // Both at once: what comes first would be looked at longer.
    for (const image of images) image.classList.remove("coming");
    shownAt = performance.now();
    ahead = round.slice(at + 1, at + 3).flatMap(pictures).map((address) => {
      const image = new Image();
      image.src = address;
      return image;
    });
  }

  function begin() {
    round = makeRound(sheet, votes.list());
    name = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    at = 0;
    part("pair");
    find("#vote-title").focus();
    showPair();
  }

  function finish() {
    round = [];
    ahead = [];
    part("start");
    drawStart();
    drawResults();
    find("#vote-title").focus();
  }

  function answer(given) {
    // Not before both pictures are seen.
    if (round.length === 0 || shownAt === 0) return;
    votes.add(round[at], given, performance.now() - shownAt, name);
    at += 1;
    if (at < round.length) return showPair();
    finish();
    say("The round is finished.");
  }

  function back() {
    if (at === 0) return;
    at -= 1;
    votes.takeBack(name);
    showPair();
  }

  function drawStart() {
    const count = makeRound(sheet, votes.list()).length;
    find(".vote-progress").textContent = "";
    find(".vote-count").textContent = count > 0
      ? `A round has ${count} pair${count === 1 ? "" : "s"}, as many of every ratio as there are.`
      : "There is no pair to vote on: no merged picture has a baseline beside it.";
    find("[data-vote=begin]").disabled = count === 0;
  }

  const cell = (kind, text) => {
    const made = document.createElement(kind);
    made.textContent = text;
    return made;
  };

  /// Of the decided votes that prefer the baseline, with Wilson's 95 % interval (1927).
  function preference({ baseline, merged }) {
    const count = baseline + merged;
    if (count === 0) return "–";
    const [z, share] = [1.959964, baseline / count];
    const middle = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count);
    const half = (z / (1 + z ** 2 / count)) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
    const percent = (value) => Math.round(100 * Math.min(Math.max(value, 0), 1));
    return `${percent(share)} % [${percent(middle - half)}, ${percent(middle + half)}]`;
  }

  function drawResults() {
    const host = find(".vote-results");
    const { ratios, traps, calledAlike } = votes.results(sheet.columns());
    const hasAny = votes.list().length + noticed.count > 0;
    for (const button of [find("[data-vote=save]"), remove]) button.disabled = !hasAny;
    remove.textContent = "Delete all";
    if (!memory.isKept) find(".vote-kept").textContent = "This browser keeps nothing for this page: save the votes before you close it.";
    drawSurvival(find(".noticed"), noticed.curves());
    if (ratios.length === 0 && traps === 0) return host.replaceChildren(cell("p", "No votes yet."));
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const text of ["Ratio", "Votes", "Baseline better", "No difference", "Merged better", "For the baseline, of those decided [95 %]"]) {
      const th = cell("th", text);
      th.scope = "col";
      head.append(th);
    }
    const body = table.createTBody();
    for (const line of ratios) {
      const row = body.insertRow();
      const th = cell("th", line.ratio);
      th.scope = "row";
      row.append(th, ...[line.count, line.baseline, line.same, line.merged, preference(line)].map((value) => cell("td", value)));
    }
    const trial = traps === 0 ? "No pair of twice the same picture was answered yet."
      : `Of ${traps} pair${traps === 1 ? "" : "s"} of twice the same picture, ${calledAlike} ${calledAlike === 1 ? "was" : "were"} called alike.`;
    host.replaceChildren(table, cell("p", trial));
  }

  const actions = {
    close: () => dialog.close(),
    begin, back, end: finish,
    save: () => save(`votes-${memory.runs.map((run) => run.name).join("-")}.json`.replaceAll(/[^\w.-]+/g, "-"), votes.exported(noticed), "application/json"),
    delete() {
      // Asked twice: there is no way back.
      if (remove.textContent === "Delete all") {
        remove.textContent = "Really delete all votes and marks";
        return;
      }
      votes.clear();
      noticed.clear();
      drawStart();
      drawResults();
      say("All votes and marks of this run are deleted.");
    },
  };

  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.answer) answer(button.dataset.answer);
    else actions[button.dataset.vote]?.();
  });

  const keys = { ArrowLeft: "left", ArrowRight: "right", "=": "same", ArrowDown: "skip" };
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || round.length === 0) return;
    // A held key is one answer.
    if (keys[event.key] && !event.repeat) answer(keys[event.key]);
    else if (event.key === "Backspace" && !event.repeat) back();
    if (keys[event.key] || event.key === "Backspace") event.preventDefault();
  });
  dialog.addEventListener("close", () => {
    round = [];
    ahead = [];
  });

  return () => {
    if (dialog.open) return;
    part("start");
    dialog.showModal();
    drawStart();
    drawResults();
    find("#vote-title").focus();
  };
};
