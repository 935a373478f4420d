# The web pages (web/dist) and client bundles (the pinned socket.io-client) as an object, as far as npm has put them
# there at the time of the build. Without them the server has a plain page and no bundles.
set(web_assets_c ${CMAKE_CURRENT_BINARY_DIR}/web_assets.c)
add_custom_target(web_assets_source
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${web_assets_c} -DWORK=${CMAKE_CURRENT_BINARY_DIR}/web_assets
          -DSOURCE=${CMAKE_SOURCE_DIR} -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
  BYPRODUCTS ${web_assets_c}
  COMMENT "Collecting the web pages")
add_library(tutti_web_assets STATIC ${web_assets_c})
add_dependencies(tutti_web_assets web_assets_source)
