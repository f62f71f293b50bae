// Which pairs a round of the blind vote shows: as many of every ratio, each picture against its baseline, and some pairs
// of pictures that are the same.

const makeRound = (sheet, votes, size = 40) => {
  const random = (below) => {
    // Without the small bias that a remainder alone would have.
    const limit = 2 ** 32 - (2 ** 32 % below);
    const drawn = new Uint32Array(1);
    do crypto.getRandomValues(drawn); while (drawn[0] >= limit);
    return drawn[0] % below;
  };

  const shuffled = (list) => {
    const result = [...list];
    for (let at = result.length - 1; at > 0; at -= 1) {
      const other = random(at + 1);
      [result[at], result[other]] = [result[other], result[at]];
    }
    return result;
  };

  const seen = new Map();
  const nameOf = (p, s, r) => JSON.stringify([p, s, r]);
  for (const vote of votes) seen.set(nameOf(vote.row, vote.seed, vote.cell), (seen.get(nameOf(vote.row, vote.seed, vote.cell)) ?? 0) + 1);
  const timesSeen = (pair) => {
    const { p, s, r } = cells.name(pair.variant);
    return seen.get(nameOf(p, s, r)) ?? 0;
  };

  const strata = new Map();
  const twins = [];
  const baselines = [];
  for (const row of sheet.rows) {
    for (const variant of row.cells) {
      const baseline = cells.baselineOf(row, variant);
      if (!baseline || !cells.picture(baseline) || !cells.picture(variant)) continue;
      if (variant === baseline) baselines.push({ baseline, variant, isCatchTrial: true });
      else if (variant.dataset.state === "identical") twins.push({ baseline, variant, isCatchTrial: true });
      else if (!cells.isBaseline(variant)) {
        const stratum = strata.get(variant.dataset.ratio) ?? [];
        stratum.push({ baseline, variant, isCatchTrial: false });
        strata.set(variant.dataset.ratio, stratum);
      }
    }
  }

  // What was shown least comes first; among those, prompts that the round has not yet shown.
  const queues = shuffled([...strata.values()]).map((stratum) =>
    shuffled(stratum).sort((a, b) => timesSeen(a) - timesSeen(b)));
  const available = queues.reduce((sum, queue) => sum + queue.length, 0);
  const catches = Math.min(Math.round(Math.min(size, available) / 10), twins.length + baselines.length);
  const wanted = Math.min(size - catches, available);
  const chosen = [];
  const prompts = new Set();
  while (chosen.length < wanted) {
    for (const queue of queues) {
      if (chosen.length === wanted || queue.length === 0) continue;
      const least = timesSeen(queue[0]);
      const fresh = queue.findIndex((pair) => timesSeen(pair) === least && !prompts.has(pair.variant.closest(".row")));
      const [pair] = queue.splice(Math.max(fresh, 0), 1);
      prompts.add(pair.variant.closest(".row"));
      chosen.push(pair);
    }
  }
  // Merged pictures that merging did not change, then baselines against themselves.
  const traps = [...shuffled(twins), ...shuffled(baselines)].slice(0, catches);
  return shuffled([...chosen, ...traps]).map((pair) => ({ ...pair, baselineSide: random(2) === 0 ? "left" : "right" }));
};
