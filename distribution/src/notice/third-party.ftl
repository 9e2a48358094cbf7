<#-- One line for each library in lib/. Of several licences the first is the one that we use it under. -->
<#function licence names>
  <#if names?size == 1><#return names[0]></#if>
  <#return names[0] + " (chosen from " + names?join(", ") + ")">
</#function>
<#list dependencyMap as entry>
${entry.getKey().groupId}:${entry.getKey().artifactId} ${entry.getKey().version}, ${licence(entry.getValue())}
</#list>
