-- One click of a mail program (RFC 8058), each for another reader: wrk's threads go through the file of paths, each its
-- own part. How to run it: benches/README.md.

local paths, threads = {}, 0

function setup(thread)
  thread:set("own", threads)
  threads = threads + 1
end

function init(args)
  for line in io.lines(args[1] or "paths.txt") do paths[#paths + 1] = line end
  own = own * math.floor(#paths / 8)
end

function request()
  own = own % #paths + 1
  return wrk.format("POST", paths[own], { ["Content-Type"] = "application/x-www-form-urlencoded" },
    "List-Unsubscribe=One-Click")
end

function done(summary, latency)
  io.write(string.format("answers a second %.0f\nmedian %.2f ms\n99th percentile %.2f ms\nlongest %.2f ms\nerrors %d\n",
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write +
    summary.errors.timeout))
end
