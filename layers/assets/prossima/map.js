/* The map scripts of Prossima: the base map, and how a feature is drawn and described.
   Texts are set as text, never as HTML, so that no name or reason can carry markup. */
"use strict";
(function () {
  function fetched(url, use) {
    fetch(url)
      .then(function (answer) {
        if (!answer.ok) throw new Error(answer.status + " " + url);
        return answer.json();
      })
      .then(use)
      .catch(function (error) { console.error("base map:", error); });
  }

  /* Shapes of the base map, below everything else. `styles[kind]` is a Leaflet path
     style; `from` is the lowest zoom it is drawn at, `grow` lets lines widen with zoom. */
  function shapes(map, url, styles, pane) {
    function style(feature) {
      var chosen = styles[feature.properties.kind];
      var zoom = map.getZoom();
      if (!chosen || zoom < (chosen.from || 0)) return { stroke: false, fill: false };
      var weight = chosen.weight;
      if (chosen.grow) weight = Math.min(12, weight * Math.pow(1.22, zoom - 9));
      return Object.assign({ stroke: true }, chosen, { weight: weight });
    }
    var layer = L.geoJSON(null, { pane: pane, interactive: false, style: style, smoothFactor: 0.7 });
    map.on("zoomend", function () { layer.setStyle(style); });
    fetched(url, function (data) { layer.addData(data); });
    return layer;
  }

  /* Place names, the larger places first; a name that would touch another is left out. */
  function places(map, url) {
    var layer = L.layerGroup();
    var features = [];
    function overlaps(a, b) { return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]; }
    function draw() {
      layer.clearLayers();
      var zoom = map.getZoom(), seen = map.getBounds().pad(0.1), boxes = [];
      features.forEach(function (feature) {
        var properties = feature.properties;
        if (zoom < properties.from) return;
        var at = L.latLng(feature.geometry.coordinates[1], feature.geometry.coordinates[0]);
        if (!seen.contains(at)) return;
        var point = map.latLngToLayerPoint(at);
        var half = properties.name.length * (properties.capital ? 4.2 : 3.6) + 6;
        var box = [point.x - half, point.y - 11, point.x + half, point.y + 11];
        if (boxes.some(function (other) { return overlaps(box, other); })) return;
        boxes.push(box);
        var label = document.createElement("span");
        label.textContent = properties.name;
        L.marker(at, {
          pane: "names", interactive: false, keyboard: false,
          icon: L.divIcon({ className: "place" + (properties.capital ? " capital" : ""), html: label, iconSize: null })
        }).addTo(layer);
      });
    }
    map.on("zoomend moveend resize", draw);
    fetched(url, function (data) { features = data.features; draw(); });
    return layer;
  }

  /* Badges that lie on each other are moved apart, by no more than REACH pixels; a pin leads
     from each that was moved to where it stands. Done anew at every zoom. */
  var REACH = 30;
  function apart(map) {
    var badges = map.prossimaBadges.map(function (marker) {
      var span = marker.getElement().querySelector("span");
      return { span: span, colour: marker.pinColour, x: 0, y: 0,
        at: map.latLngToLayerPoint(marker.getLatLng()), wide: span.offsetWidth, high: span.offsetHeight };
    });
    for (var round = 0; round < 40; round++) {
      var moved = false;
      badges.forEach(function (one, index) {
        badges.slice(0, index).forEach(function (other, number) {
          var dx = one.at.x + one.x - other.at.x - other.x, dy = one.at.y + one.y - other.at.y - other.y;
          var acrossBy = (one.wide + other.wide) / 2 - Math.abs(dx);
          var downBy = (one.high + other.high) / 2 - Math.abs(dy);
          if (acrossBy < 1 || downBy < 1) return;
          moved = true;
          // The shorter way; on one spot the later one goes where its number says.
          var along = acrossBy < downBy ? "x" : "y";
          var sign = (along === "x" ? dx : dy) || ((index + number) % 2 ? 1 : -1);
          var step = Math.sign(sign) * Math.min(acrossBy, downBy) / 2;
          one[along] += step;
          other[along] -= step;
        });
      });
      badges.forEach(function (one) {
        var away = Math.hypot(one.x, one.y);
        if (away > REACH) { one.x *= REACH / away; one.y *= REACH / away; }
      });
      if (!moved) break;
    }
    badges.forEach(function (one) {
      one.span.style.marginLeft = one.x + "px";
      one.span.style.marginTop = one.y + "px";
    });
    // The pins lie in a pane of their own, under every badge.
    map.getPane("pins").replaceChildren();
    badges.forEach(function (one) {
      var away = Math.hypot(one.x, one.y), pin = document.createElement("i");
      if (away < 4) return;
      pin.className = "pin";
      pin.style.cssText = "left:" + one.at.x + "px;top:" + one.at.y + "px;width:" + away + "px";
      pin.style.background = one.colour;
      pin.style.transform = "rotate(" + Math.atan2(one.y, one.x) + "rad)";
      map.getPane("pins").append(pin);
    });
  }

  /* Have a badge kept apart from the others of its map for as long as it is on it. */
  function keepApart(marker) {
    function soon(map) {
      if (map.prossimaApart) return;
      map.prossimaApart = requestAnimationFrame(function () { map.prossimaApart = null; apart(map); });
    }
    marker.on("add", function () {
      var map = marker._map;
      if (!map.prossimaBadges) {
        map.prossimaBadges = [];
        map.createPane("pins").style.zIndex = 590;
        map.on("zoomstart", function () { map.getPane("pins").replaceChildren(); });
        map.on("zoomend", function () { soon(map); });
      }
      map.prossimaBadges.push(marker);
      soon(map);
    });
    marker.on("remove", function () {
      var map = marker._map;
      map.prossimaBadges = map.prossimaBadges.filter(function (other) { return other !== marker; });
      soon(map);
    });
    return marker;
  }

  /* A numbered stop: the badge carries the unit's letter and the number, so that colour
     is never the only sign. */
  function stop(feature, latlng) {
    var properties = feature.properties;
    var badge = document.createElement("span");
    badge.textContent = properties.badge;
    badge.style.background = properties.colour;
    badge.style.color = properties.ink;
    var marker = L.marker(latlng, {
      title: properties.tip,
      alt: properties.tip,
      riseOnHover: true,
      zIndexOffset: properties.rank || 0,
      icon: L.divIcon({ className: "stop " + properties.shape, html: badge, iconSize: null })
    });
    marker.pinColour = properties.shape === "base" ? properties.ink : properties.colour;
    return keepApart(marker);
  }

  /* A small dot for a place that is not visited, drawn on the canvas. */
  function dot(feature, latlng) {
    return L.circleMarker(latlng, feature.properties.style);
  }

  /* What a feature says: `tip` on hover, `lines` in a popup (the first one as its title). */
  function describe(feature, layer) {
    var properties = feature.properties;
    if (properties.tip) {
      var tip = document.createElement("span");
      tip.textContent = properties.tip;
      layer.bindTooltip(tip, { sticky: true });
    }
    if (properties.lines && properties.lines.length) {
      var box = document.createElement("div");
      properties.lines.forEach(function (text, index) {
        var line = document.createElement(index ? "p" : "h2");
        line.textContent = text;
        box.appendChild(line);
      });
      layer.bindPopup(box, { maxWidth: 280 });
    }
  }

  /* Show `bounds` when they are new; the reader's own zooming is left alone otherwise. */
  function fit(map, bounds) {
    var wanted = JSON.stringify(bounds);
    if (map.prossimaBounds === wanted) return;
    map.prossimaBounds = wanted;
    var whole = map.options.zoomSnap;
    map.options.zoomSnap = 0.25;  // so that no half of a narrow map stays empty
    map.fitBounds(bounds, { padding: [22, 30], maxZoom: 14, animate: false });
    map.options.zoomSnap = whole;
  }

  /* Panes, words and colours of the map. The colours are custom properties (`css`). */
  function dress(map, words, css) {
    map.createPane("ground").style.zIndex = 240;
    map.createPane("roads").style.zIndex = 250;
    map.createPane("names").style.zIndex = 450;
    map.getPane("names").style.pointerEvents = "none";
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution(words.attribution);
    map.zoomControl._zoomInButton.title = words.zoom_in;
    map.zoomControl._zoomInButton.setAttribute("aria-label", words.zoom_in);
    map.zoomControl._zoomOutButton.title = words.zoom_out;
    map.zoomControl._zoomOutButton.setAttribute("aria-label", words.zoom_out);
    map.on("popupopen", function (event) {
      event.popup._closeButton.setAttribute("aria-label", words.close);
    });
    L.control.scale({ imperial: false }).addTo(map);
    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute("aria-label", words.label);
    document.title = words.label;
    var style = document.createElement("style");
    style.textContent = css;
    document.head.appendChild(style);
  }

  window.prossima = {
    dress: dress, shapes: shapes, places: places, stop: stop, dot: dot, describe: describe, fit: fit };
})();
