import { type ReactElement, type ReactNode, useState } from 'react'
import { csv, saveFile } from './csv.ts'
import css from './data-table.module.css'
import { useLanguage } from './language.ts'

export type Column<Row> = {
  readonly id: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  /** What a spreadsheet gets, and what is compared when `order` is not given. */
  readonly text: (row: Row) => string
  readonly order?: (row: Row) => number | string
  readonly align?: 'end'
  /** Left out on narrow screens first. */
  readonly spare?: boolean
  /** Words that may break where there is no room, so that what stands beside them is whole. */
  readonly wraps?: boolean
}

type DataTableProps<Row> = {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly id: (row: Row) => string
  readonly fileName: string
  readonly current?: string | null
  readonly onOpen?: (row: Row) => void
  /** What stands over the table, before CSV. */
  readonly tools?: ReactNode
  /** What stands under the last row: the way to more of them. */
  readonly more?: ReactNode
}

type Sort = { readonly column: string; readonly descending: boolean }

/** A table that sorts, exports CSV, and opens a row by click or by the link in its first cell. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactElement {
  const { caption, columns, rows, id } = props
  const spanish = useLanguage() === 'es'
  const [sort, setSort] = useState<Sort | null>(null)
  const sorted = sort === null ? rows : sortRows(rows, columns, sort)
  const turn = (column: string): void =>
    setSort((old) =>
      old?.column === column ? (old.descending ? null : { column, descending: true }) : { column, descending: false },
    )
  const save = (): void => {
    const body = sorted.map((row) => columns.map((column) => column.text(row)))
    saveFile(`${props.fileName}.csv`, 'text/csv;charset=utf-8', csv([columns.map((column) => column.title), ...body]))
  }
  return (
    <div className={css.frame}>
      <div className={css.tools}>
        {props.tools}
        <button type="button" className={css.csv} onClick={save}>
          CSV<span className="visually-hidden">{spanish ? `: bajar ${caption}` : `: download ${caption}`}</span>
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={css.scroll} aria-label={caption} tabIndex={0}>
        <table className={css.table}>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.id} column={column} sort={sort} onTurn={turn} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <tr
                key={id(row)}
                aria-current={props.current === id(row) ? 'true' : undefined}
                data-opens={props.onOpen !== undefined}
                onClick={() => props.onOpen?.(row)}
              >
                {columns.map((column) => (
                  <td key={column.id} data-align={column.align} data-spare={column.spare} data-wraps={column.wraps}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {props.more == null ? null : <div className={css.more}>{props.more}</div>}
      </section>
    </div>
  )
}

type HeadProps<Row> = {
  readonly column: Column<Row>
  readonly sort: Sort | null
  readonly onTurn: (column: string) => void
}

function Head<Row>({ column, sort, onTurn }: HeadProps<Row>): ReactElement {
  const direction = sort?.column !== column.id ? 'none' : sort.descending ? 'descending' : 'ascending'
  return (
    <th scope="col" aria-sort={direction} data-align={column.align} data-spare={column.spare}>
      <button type="button" onClick={() => onTurn(column.id)}>
        {column.title}
        <span aria-hidden="true">{direction === 'none' ? '' : direction === 'ascending' ? ' ▴' : ' ▾'}</span>
      </button>
    </th>
  )
}

function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort): readonly Row[] {
  const column = columns.find(({ id }) => id === sort.column)
  if (column === undefined) {
    return rows
  }
  const key = column.order ?? column.text
  const sign = sort.descending ? -1 : 1
  return [...rows].sort((left, right) => {
    const a = key(left)
    const b = key(right)
    return (
      sign *
      (typeof a === 'number' && typeof b === 'number'
        ? a - b
        : String(a).localeCompare(String(b), 'es', { numeric: true }))
    )
  })
}
