// The progress of an export: asks once a second how far the worker is. Without it the page is right when reloaded.
(() => {
  const panel = document.querySelector("[data-progress-url]");
  const bar = panel.querySelector("progress");
  const words = panel.querySelector("#export-words");

  async function look() {
    try {
      const reply = await fetch(panel.dataset.progressUrl);
      const news = await reply.json();
      if (news.state !== panel.dataset.state) {
        location.reload();
        return;
      }
      bar.max = news.total || 1;
      bar.value = news.done;
      words.textContent = news.words;
    } catch {
      // No network, or no longer signed in: the next answer, or a reload, tells.
    }
    setTimeout(look, 1000);
  }

  setTimeout(look, 1000);
})();
