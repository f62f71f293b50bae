// The votes that were given, kept as they are exported: `docs/votes.md` describes them field by field.

const makeVotes = (memory) => {
  const store = "votes";
  const list = () => memory.get(store, []);

  const picture = (cell) => ({ variant: memory.variant(cell.dataset.ratio), pixelHash: cell.dataset.hash ?? null });

  /// By variant, in the order of the first vote: how often each side was preferred. Catch trials and what was skipped
  /// are apart.
  function results(order) {
    const given = list();
    const judged = given.filter((vote) => !vote.isCatchTrial && vote.answer !== "skip");
    const ratios = [...new Set(judged.map((vote) => vote.cell))].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    const traps = given.filter((vote) => vote.isCatchTrial && vote.answer !== "skip");
    return {
      ratios: ratios.map((ratio) => {
        const own = judged.filter((vote) => vote.cell === ratio);
        const same = own.filter((vote) => vote.answer === "same").length;
        const baseline = own.filter((vote) => vote.answer === vote.baselineSide).length;
        return { ratio, count: own.length, same, baseline, merged: own.length - same - baseline };
      }),
      traps: traps.length,
      calledAlike: traps.filter((vote) => vote.answer === "same").length,
    };
  }

  return {
    list,
    results,
    add(pair, answer, milliseconds, round) {
      const { p, s, r } = cells.name(pair.variant);
      const vote = {
        ...memory.owner(r), round, row: p, seed: s, prompt: cells.prompt(pair.variant), cell: r,
        baseline: picture(pair.baseline), merged: picture(pair.variant), baselineSide: pair.baselineSide,
        answer, milliseconds: Math.round(milliseconds), isCatchTrial: pair.isCatchTrial, time: new Date().toISOString(),
      };
      memory.update(store, [], (all) => [...all, vote]);
    },
    /// Takes back the last vote of a round.
    takeBack(round) {
      memory.update(store, [], (all) => {
        const last = all.findLastIndex((vote) => vote.round === round);
        return last < 0 ? all : all.toSpliced(last, 1);
      });
    },
    clear: () => memory.update(store, [], () => []),
    exported: (noticed) => JSON.stringify({
      format: "tome-eval votes", version: 2, toolVersion: memory.tool, exported: new Date().toISOString(),
      voter: memory.voter(),
      runs: memory.runs.map(({ key, name }) => ({ key, name })),
      // What names the picture on this page alone stays here.
      votes: list().map(({ cell: _, ...vote }) => vote),
      noticed: noticed.exported(),
    }, null, 2) + "\n",
  };
};
