/** Where other devices find the game. Only the server's own machine may ask. None if it is in no network. */
export async function fetchAddresses(): Promise<string[]> {
  try {
    const answer = await fetch('api/addresses', { cache: 'no-store' });
    return answer.ok ? ((await answer.json()) as { addresses: string[] }).addresses : [];
  } catch {
    return [];
  }
}
