// Names that are pleasant to read and easy to say over the telephone.

const kTempers = ['quiet', 'bright', 'gentle', 'early', 'curious', 'brave', 'amber', 'silver', 'merry', 'patient', 'swift', 'golden'];
const kThings = ['river', 'meadow', 'lantern', 'harbour', 'orchard', 'comet', 'cello', 'garden', 'lighthouse', 'maple', 'sonata', 'valley'];
const kAnimals = ['Otter', 'Heron', 'Fox', 'Finch', 'Badger', 'Hare', 'Wren', 'Lynx', 'Seal', 'Owl', 'Swift', 'Marten'];

export function newDocumentName(): string {
  return `${pick(kTempers)}-${pick(kThings)}-${100 + Math.floor(Math.random() * 900)}`;
}

export function newPersonName(): string {
  const temper = pick(kTempers);
  return `${temper[0]!.toUpperCase()}${temper.slice(1)} ${pick(kAnimals)}`;
}

function pick<T>(list: T[]): T {
  return list[Math.floor(Math.random() * list.length)]!;
}
