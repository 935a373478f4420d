// Light or dark: as the system says, until the person says otherwise.

const kKey = 'tutti.theme';
type Theme = 'light' | 'dark';

export function applyStoredTheme(): void {
  try {
    const theme = localStorage.getItem(kKey);
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // As the system says.
  }
}

export function toggleTheme(): void {
  const theme: Theme = currentTheme() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(kKey, theme);
  } catch {
    // It lasts as long as the page.
  }
}

function currentTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
