const PATIENCE = 15_000;

/** Tries until it holds, and gives what it gives. */
export async function until(holds) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((later) => { setTimeout(later, 20); });
  }
}
