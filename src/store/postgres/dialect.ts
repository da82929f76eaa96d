import {
  PostgresDialect,
  PostgresQueryCompiler,
  type ColumnDefinitionNode,
  type DataTypeNode,
  type QueryCompiler,
} from 'kysely';

/**
 * The query builder's PostgreSQL dialect, with text that is compared byte for byte. Databases have a collation of their own,
 * by which `a-b` may come after `ab`, and two servers' lists and cursors would depend on how each was made.
 */
export class StoreDialect extends PostgresDialect {
  override createQueryCompiler(): QueryCompiler {
    return new ByteOrderCompiler();
  }
}

class ByteOrderCompiler extends PostgresQueryCompiler {
  #definesColumn = false;

  protected override visitColumnDefinition(node: ColumnDefinitionNode): void {
    this.#definesColumn = true;
    super.visitColumnDefinition(node);
    this.#definesColumn = false;
  }

  protected override visitDataType(node: DataTypeNode): void {
    super.visitDataType(node);
    if (this.#definesColumn && node.dataType === 'text') this.append(' collate "C"');
  }
}
