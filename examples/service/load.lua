-- The load of compare.py: users who log in again and again, say something, and read.

local users = 1000
local number = 0

local function text(method, path, body)
  return wrk.format(method, path, nil, body)
end

function setup(thread)
  thread:set("first", math.random(users))
end

function request()
  number = number + 1
  local user = (first + math.floor(number / 8)) % users
  local step = number % 8
  if step == 0 then
    return text("PUT", "/sessions/" .. user)
  elseif step == 1 then
    return text("PUT", "/sessions/" .. user .. "/rooms/" .. user % 20)
  elseif step == 2 or step == 3 then
    return text("POST", "/sessions/" .. user .. "/messages", "Hello")
  elseif step == 4 then
    return text("GET", "/rooms/" .. user % 20)
  else
    return text("GET", "/pages/" .. math.random(2000))
  end
end
