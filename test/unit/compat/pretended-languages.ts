import type { Language, Languages } from '../../../src/languages/language.ts';

const python: Language = {
  name: 'python3',
  aliases: ['python', 'py'],
  runtime: 'python3.13',
  isCopied: false,
  fileName: 'main.py',
  command: ['python3', '-u', 'main.py'],
  example: "print('Hello')\n",
  highlighting: 'python',
};

const golang: Language = {
  name: 'golang',
  aliases: ['go'],
  runtime: 'golang-latest',
  image: 'golang:latest',
  isCopied: false,
  fileName: 'main.go',
  command: ['go', 'run', 'two words', 'main.go'],
  example: '',
  highlighting: 'go',
  inline: {
    imports: { source: '(?m)^\\s*import .+$', expression: /^\s*import .+$/gm },
    template: '$${IMPORTS}\nfunc main() {\n$${CODE}\n}\n',
  },
};

const cpp: Language = {
  name: 'cpp',
  aliases: [],
  runtime: 'gcc',
  isCopied: false,
  fileName: 'main.cpp',
  command: ['sh', '-c', 'g++ main.cpp && ./a.out'],
  example: '',
  highlighting: 'cpp',
};

const image: Language = {
  name: 'own',
  aliases: [],
  runtime: 'own-image',
  isCopied: false,
  fileName: 'code.txt',
  command: [],
  example: '',
  highlighting: '',
};

const all = [cpp, golang, image, python];

/** A few languages, each of them there for one thing that a language can be. */
export const languages: Languages = {
  find: (name) => all.find((language) => language.name === name || language.aliases.includes(name)),
  list: () => all,
};
