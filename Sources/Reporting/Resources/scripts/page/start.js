// Starts the page's parts: they are there before the pictures are.

const address = makeAddress();
const memory = makeMemory(document.getElementById("sheet"));
const sheet = makeSheet(address);
makeColumns(sheet, address);
makeKinds(sheet, address);
const pin = makePin(sheet, address);
const stars = makeStars(sheet, memory);
const noticed = makeNoticed(sheet, memory);
const openVote = makeVoteDialog(sheet, memory, noticed);
const openSelection = makeSelection(sheet, stars);
const keys = document.getElementById("keys");
const openKeys = () => keys.showModal();
keys.addEventListener("keydown", (event) => {
  if (event.key !== "?") return;
  event.stopPropagation();
  keys.close();
});
listenToSheetKeys(sheet, { help: openKeys, vote: openVote, pin: pin.toggle, star: stars.toggle });
const buttons = document.querySelector(".sheet-buttons");
buttons.hidden = false;
buttons.addEventListener("click", (event) => {
  ({ vote: openVote, selection: openSelection, keys: openKeys })[event.target.closest("button")?.dataset.open]?.();
});
foldPrompts(sheet);
makeMargin(sheet, address);
makeRatioCards();
makeCharts(sheet);
makeViewer(sheet, address, { pin, stars, noticed, openKeys, openVote });
performance.mark("interactive");
