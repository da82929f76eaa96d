import { plural } from '@example/plural';

interface Delivery {
  readonly name: string;
  readonly parcels: readonly string[];
}

export async function handler(event: Delivery, context: { readonly function_name: string }): Promise<object> {
  const sentence: string = `${event.name} gets ${plural(event.parcels.length, 'parcel')}`;
  return { sentence, by: context.function_name };
}
