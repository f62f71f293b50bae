// Starts the page's parts: they are there before the pictures are.

const address = makeAddress();
makeViewer(makeSheet(address), address);
performance.mark("interactive");
