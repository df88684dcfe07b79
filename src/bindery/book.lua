-- From pandoc's document to calls of the functions in book.typ.

local stringify = pandoc.utils.stringify

local function block(text) return pandoc.RawBlock('typst', text) end
local function inline(text) return pandoc.RawInline('typst', text) end

local function quoted(text)
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"'):gsub('%s+', ' ') .. '"'
end

-- Pandoc drops the "data-" of an attribute unless HTML has one of that name.
local function data(element, name)
  return element.attributes['data-' .. name] or element.attributes[name] or ''
end

-- A call with content arguments: #name(options, first: [...], second: [...])
local function call(name, options, arguments)
  local blocks = pandoc.Blocks { block('#' .. name .. '(' .. options) }
  for _, argument in ipairs(arguments) do
    blocks:insert(block(argument[1] .. ': ['))
    blocks:extend(argument[2])
    blocks:insert(block('],'))
  end
  blocks:insert(block(')'))
  return blocks
end

local function part(div, class)
  for _, child in ipairs(div.content) do
    if child.t == 'Div' and child.classes:includes(class) then return child.content end
  end
  return pandoc.Blocks {}
end

-- How many characters wide a table wants to be: the longest cell of each column, where long text
-- may wrap and a heading may break between words; and how many rows it has.
local WRAP, GAP = 30, 2

local function extent(div)
  local widest, rows = 0, 0
  div:walk { Table = function(table)
    local columns = {}
    local function note(rows, by_word)
      for _, row in ipairs(rows) do
        for index, cell in ipairs(row.cells) do
          local longest = 0
          for piece in stringify(cell.contents):gmatch(by_word and '%S+' or '.+') do
            longest = math.max(longest, utf8.len(piece) or #piece)
          end
          columns[index] = math.max(columns[index] or 0, math.min(longest, WRAP))
        end
      end
    end
    note(table.head.rows, true)
    for _, body in ipairs(table.bodies) do
      note(body.body, false)
      rows = rows + #body.body
    end
    local total = 0
    for _, longest in ipairs(columns) do total = total + longest + GAP end
    widest = math.max(widest, total)
  end }
  return widest, rows
end

function Math(math)
  local set = pandoc.write(pandoc.Pandoc { pandoc.Plain { math } }, 'typst')
  local display = tostring(math.mathtype == 'DisplayMath')
  set = set:gsub('^%s*%$%s*', ''):gsub('%s*%$%s*$', '')
  return inline(string.format('#math.equation(block: %s, alt: %s, $%s$.body);', display,
    quoted(math.text), set))
end

function Image(image)
  return inline(string.format('#picture(%s, %s);', quoted(image.src), quoted(stringify(image.caption))))
end

function Span(span)
  if span.classes:includes('anchor') then
    return inline('#[#metadata(none)<' .. data(span, 'target') .. '>];')
  end
  return span.content
end

function Table(table)
  return call('sized', string.format('width: %d,', (extent(pandoc.Div { table }))),
    { { 'body', pandoc.Blocks { table } } })
end

local PARTS = { headline = true, picture = true, legend = true }

function Div(div)
  local class = div.classes
  if PARTS[class[1]] then
    return nil -- the exhibit around it takes it up
  elseif class:includes('exhibit') then
    local options = string.format('kind: %s, number: %s, width: %d, rows: %d,',
      quoted(data(div, 'kind')), quoted(data(div, 'number')), extent(div))
    local anchors = div.content:filter(function(child) return child.t ~= 'Div' end)
    return anchors .. call('exhibit', options, {
      { 'headline', part(div, 'headline') },
      { 'body', part(div, 'picture') },
      { 'legend', part(div, 'legend') },
    })
  elseif class:includes('equation') then
    return call('numbered', 'number: ' .. quoted(data(div, 'number')) .. ',',
      { { 'body', div.content } })
  elseif class:includes('admonition') then
    local options = 'kind: ' .. quoted(table.concat(class, ' ')) .. ', title: '
      .. quoted(data(div, 'title')) .. ','
    return call('callout', options, { { 'body', div.content } })
  elseif class:includes('citation') then
    return call('reference', '', { { 'body', div.content } })
  elseif class:includes('made') then
    return call('made', '', { { 'body', div.content } })
  end
  return div.content
end
