import { EN, type Messages } from './messages/en.ts';

/** One file each. English is part of the page; a browser loads at most one other. */
const FILES = {
  en: async () => ({ default: EN }),
  ko: () => import('./messages/ko.ts'),
  ja: () => import('./messages/ja.ts'),
  es: () => import('./messages/es.ts'),
  de: () => import('./messages/de.ts'),
  fr: () => import('./messages/fr.ts'),
  ar: () => import('./messages/ar.ts'),
} as const satisfies Readonly<Record<string, () => Promise<{ readonly default: Messages }>>>;

export type Language = keyof typeof FILES;

/** Each language by its own name. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  ko: '한국어',
  ja: '日本語',
  es: 'Español',
  de: 'Deutsch',
  fr: 'Français',
  ar: 'العربية',
};

const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set<Language>(['ar']);

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr';
}

/** The stored choice, otherwise the first supported language of the browser. */
export function preferredLanguage(stored: string | null): Language {
  const tags = [stored, ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return tags.find(isLanguage) ?? 'en';
}

export function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(FILES, tag);
}

/** The texts; English if their file cannot be loaded. */
export async function textsOf(
  language: Language,
): Promise<{ readonly language: Language; readonly messages: Messages }> {
  try {
    return { language, messages: (await FILES[language]()).default };
  } catch (error) {
    console.warn(`the texts in ${language} cannot be loaded`, error);
    return { language: 'en', messages: EN };
  }
}
